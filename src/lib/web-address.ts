/** Longer addresses stay text: nobody reads them, and few servers take them. */
const longest = 2_048;

/** Where a web address leads; null for what is none. Only http and https are, and never with a name and password. */
export function hrefOf(address: string): string | null {
  if (address.length > longest || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.hostname === "") return null;
  return url.username === "" && url.password === "" ? url.href : null;
}

/** Without the punctuation that belongs to the sentence; a closing bracket does, if it was not opened in the address. */
export function withoutTail(address: string): string {
  let unopened = 0;
  for (const character of address) {
    if (character === ")") unopened += 1;
    else if (character === "(") unopened -= 1;
  }
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (last === ")" && unopened > 0) unopened -= 1;
    else if (!/[.,;:!?\]}»”’…*_~|]/u.test(last)) break;
  }
  return address.slice(0, end);
}
