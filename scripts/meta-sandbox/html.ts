/** Markup that is safe to embed. Only `html` and `trusted` make one. */
export interface Html {
  readonly markup: string;
}

type Embeddable = Html | string | number | null | false | undefined | readonly Embeddable[];

/** A template whose interpolated values are escaped, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: Embeddable[]): Html {
  const markup = strings.reduce((text, part, index) => text + part + render(values[index]), "");
  return { markup };
}

function render(value: Embeddable): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "object") return "markup" in value ? value.markup : value.map(render).join("");
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole page. `wide` for tables, narrow for the dialog. */
export function page(options: { title: string; body: Html; wide?: boolean }): string {
  const document = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${options.title}</title>
<link rel="icon" href="data:,">
<style>${{ markup: STYLE }}</style>
</head>
<body class="${options.wide ? "wide" : "narrow"}">
<header class="banner">Meta sandbox: a local stand-in, nothing here reaches Meta</header>
<main>${options.body}</main>
</body>
</html>
`;
  return document.markup;
}

const STYLE = `
:root { color-scheme: light; --ink: #1c2b33; --dim: #51626d; --line: #cbd5dc; --blue: #0a5fd6; --paper: #fff; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef2f5; color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.banner { margin: 0; padding: .4rem 1rem; background: #243742; color: #fff; font-size: .85rem; text-align: center; }
main { margin: 2rem auto; padding: 1.5rem 1.75rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
.narrow main { max-width: 34rem; width: calc(100% - 2rem); }
.wide main { max-width: 78rem; width: calc(100% - 2rem); }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .5rem 0; }
.dim, small { color: var(--dim); }
fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: .5rem .9rem .7rem; }
legend { font-weight: 600; padding: 0 .35rem; }
.choice { display: grid; grid-template-columns: 1.4rem 1fr; gap: .1rem .5rem; align-items: center; padding: .35rem 0; }
.choice label { font-weight: 500; }
.choice small { grid-column: 2; }
input[type=radio], input[type=checkbox] { width: 1.1rem; height: 1.1rem; accent-color: var(--blue); margin: 0; }
.field { display: grid; align-content: start; gap: .2rem; margin: .5rem 0; }
input[type=text], input[type=number], select, textarea { font: inherit; width: 100%; padding: .4rem .55rem; border: 1px solid #7d8d97; border-radius: 6px; background: #fff; color: inherit; }
button { font: inherit; font-weight: 600; padding: .5rem 1.1rem; border-radius: 8px; border: 1px solid var(--blue); background: var(--blue); color: #fff; cursor: pointer; }
button.quiet { background: #fff; color: var(--ink); border-color: #7d8d97; }
:focus-visible { outline: 3px solid #f2a900; outline-offset: 2px; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1.1rem; }
.notice, .alert { padding: .6rem .9rem; border-radius: 8px; margin: .8rem 0; }
.notice { background: #e5f1e6; border: 1px solid #5c9a62; }
.alert { background: #fdeaea; border: 1px solid #c5393d; }
dl { display: grid; grid-template-columns: max-content 1fr max-content; gap: .35rem .9rem; margin: 1rem 0; }
dt { color: var(--dim); } dd { margin: 0; }
td code { white-space: nowrap; }
a { color: var(--blue); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(17.5rem, 1fr)); gap: 1rem; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
code { font-size: .85em; overflow-wrap: anywhere; }
`;
