/** The one block of code at the end of a Markdown text, as GitHub reads it. Throws where it is not the end, or not closed. */
export function readFence(markdown: string): { readonly language: string; readonly text: string } {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => /^`{3,}/.test(line));
  const [, fence = "", language = ""] = /^(`{3,})(\w*)$/.exec(lines[start] ?? "") ?? [];
  if (fence === "") throw new Error("no block of code");
  const end = lines.findIndex((line, i) => i > start && new RegExp(`^ {0,3}\`{${fence.length},}[ \\t]*$`).test(line));
  if (end !== lines.length - 1) throw new Error(`the block ends in line ${end + 1} of ${lines.length}`);
  return { language, text: lines.slice(start + 1, end).join("\n") };
}
