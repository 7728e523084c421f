/** Why something did not succeed, said at once. */
export function Failure({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p class="field-error" role="alert">
      {text}
    </p>
  );
}
