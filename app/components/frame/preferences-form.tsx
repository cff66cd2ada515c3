/** Another language, another appearance: small forms that load the page anew, so that nothing flickers. */
import type { ReactNode } from "react";
import { languages } from "../../texts/languages.ts";
import { themes, usePageFacts, useTexts } from "./page-context.tsx";

export function PreferencesForm() {
  const { preferences } = useTexts();
  const { language, theme } = usePageFacts();
  return (
    <form method="post" action="/preferences" className="flex flex-wrap gap-x-4 gap-y-2 text-xs">
      <Choice label={preferences.language}>
        {Object.entries(languages).map(([id, name]) => (
          <Option key={id} name="language" value={id} chosen={id === language} lang={id}>
            {name}
          </Option>
        ))}
      </Choice>
      <Choice label={preferences.theme}>
        {themes.map((id) => (
          <Option key={id} name="theme" value={id} chosen={id === theme}>
            {preferences.themes[id]}
          </Option>
        ))}
      </Choice>
    </form>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="flex flex-wrap overflow-hidden rounded-sm border border-line-strong">
      <legend className="sr-only">{label}</legend>
      {children}
    </fieldset>
  );
}

interface OptionProps {
  name: string;
  value: string;
  chosen: boolean;
  lang?: string;
  children: ReactNode;
}

function Option({ name, value, chosen, lang, children }: OptionProps) {
  return (
    <button
      type="submit"
      name={name}
      value={value}
      lang={lang}
      aria-pressed={chosen}
      className="min-h-8 cursor-pointer px-2 text-ink-soft hover:bg-sunken not-first:border-l not-first:border-line aria-pressed:bg-sunken aria-pressed:font-semibold aria-pressed:text-ink forced-colors:aria-pressed:forced-color-adjust-none forced-colors:aria-pressed:bg-[Highlight] forced-colors:aria-pressed:text-[HighlightText]"
    >
      {children}
    </button>
  );
}
