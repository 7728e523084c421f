/** Made by scripts/emoji-names.ts when the client is built. */
declare module "virtual:emoji/*" {
  const groups: readonly (readonly (readonly [emoji: string, name: string, words: string])[])[];
  export default groups;
}
