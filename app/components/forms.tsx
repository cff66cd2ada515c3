/**
 * Forms that post the document, with or without JavaScript: what happens is the same, only the label that says so is
 * added by it. Fields name their hint and their error; a summary leads to each of them.
 */
import {
  type ComponentProps,
  createContext,
  type FormEvent,
  type ReactNode,
  useContext,
  useEffect,
  useState,
} from "react";
import { buttonLook } from "./buttons.tsx";
import { JumpLink } from "./jump-link.tsx";

const SubmittingContext = createContext(false);

/** Sends once: a second press while the answer is under way does nothing. Wakes up again when the page is gone back to. */
export function DocumentForm({ children, ...form }: Omit<ComponentProps<"form">, "method" | "onSubmit">) {
  const [submitting, setSubmitting] = useState(false);
  useEffect(() => {
    const wake = (event: PageTransitionEvent) => event.persisted && setSubmitting(false);
    window.addEventListener("pageshow", wake);
    return () => window.removeEventListener("pageshow", wake);
  }, []);
  function onSubmit(event: FormEvent) {
    if (submitting) event.preventDefault();
    setSubmitting(true);
  }
  return (
    <form {...form} method="post" onSubmit={onSubmit}>
      <SubmittingContext.Provider value={submitting}>{children}</SubmittingContext.Provider>
    </form>
  );
}

interface SubmitButtonProps {
  children: ReactNode;
  /** What the button says while the answer is under way. */
  pending: string;
  look?: keyof typeof buttonLook;
}

export function SubmitButton({ children, pending, look = "primary" }: SubmitButtonProps) {
  const submitting = useContext(SubmittingContext);
  // aria-disabled and not disabled: a disabled button would drop the focus.
  return (
    <button type="submit" aria-disabled={submitting || undefined} className={buttonLook[look]}>
      <span aria-live="polite">{submitting ? pending : children}</span>
    </button>
  );
}

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
        className="h-11 w-full rounded-sm border border-line-strong bg-panel px-3 aria-invalid:border-bad"
      />
      {error ? (
        <p id={`${name}-error`} className="text-xs font-semibold text-bad">
          {error}
        </p>
      ) : null}
    </div>
  );
}

export interface FormProblem {
  /** The field it belongs to; none when it is about the whole. */
  field?: string | undefined;
  text: string;
}

/** Read out and focused when the page arrives, with a link to each field. */
export function ErrorSummary({ title, problems }: { title: string; problems: FormProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <div
      role="alert"
      tabIndex={-1}
      // biome-ignore lint/a11y/noAutofocus: the answer to what was just sent comes first, with JavaScript or without.
      autoFocus
      className="rounded-md border border-bad bg-bad-soft px-4 py-3 text-bad"
    >
      <h2 className="font-semibold">{title}</h2>
      <ul className="mt-1 grid gap-1">
        {problems.map(({ field, text }) => (
          <li key={text}>
            {field ? (
              <JumpLink to={field} className="underline underline-offset-2">
                {text}
              </JumpLink>
            ) : (
              text
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
