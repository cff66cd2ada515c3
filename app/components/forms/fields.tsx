/** What is filled in: each with its label, its hint and its error. */
import type { ComponentProps } from "react";

interface FieldProps extends Omit<ComponentProps<"input">, "id" | "className"> {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
}

export function Field({ name, label, hint, error, ...input }: FieldProps) {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ");
  return (
    <div className="grid gap-1">
      <label htmlFor={name} className="font-semibold">
        {label}
      </label>
      {hint ? (
        <p id={`${name}-hint`} className="text-xs text-ink-soft">
          {hint}
        </p>
      ) : null}
      <input
        {...input}
        id={name}
        name={name}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        className={`${boxLook} aria-invalid:border-bad`}
      />
      {error ? (
        <p id={`${name}-error`} className="text-xs font-semibold text-bad">
          {error}
        </p>
      ) : null}
    </div>
  );
}

/** Grows with its text. */
const boxLook = "min-h-11 w-full rounded-sm border border-line-strong bg-panel px-3 py-2";

interface ChoiceProps {
  name: string;
  label: string;
  options: { value: string; label: string }[];
  chosen: string;
}

/** One of a few, in a list that opens. */
export function Choice({ name, label, options, chosen }: ChoiceProps) {
  return (
    <div className="grid min-w-0 content-end gap-1">
      <label htmlFor={name} className="text-xs font-semibold">
        {label}
      </label>
      <select id={name} name={name} defaultValue={chosen} className={`${boxLook} sm:min-h-10`}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
