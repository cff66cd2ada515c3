/**
 * Forms that work without JavaScript. Where the answer stays inside the app it takes no new document; what happens is
 * the same. Each is sent once, and its button says so while the answer is under way; a summary of what was wrong leads to
 * each field.
 */
import { Form, useFormAction, useLocation, useNavigation } from "@remix-run/react";
import {
  type ComponentProps,
  createContext,
  type FormEvent,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
} from "react";
import { buttonLook, ChangingLabel } from "./buttons.tsx";
import { JumpLink } from "./jump-link.tsx";

const SubmittingContext = createContext(false);

/**
 * For what leads out of the app or changes who is signed in: always a new document. Wakes up again when the page is gone
 * back to.
 */
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

interface ActionFormProps extends Omit<ComponentProps<typeof Form>, "method" | "onSubmit" | "action"> {
  /** A path of ours; the page's own without one. */
  action?: string;
  /** Sent along unseen; tells this form from others to the same address while an answer is under way. */
  fields?: Record<string, string>;
  children: ReactNode;
}

/** For what is answered inside the app. A second press while the answer is under way does nothing. */
export function ActionForm({ action, fields = {}, children, ...form }: ActionFormProps) {
  const { submitting, onSubmit } = useOneSubmission(useFormAction(action), fields);
  return (
    <Form {...form} {...(action === undefined ? {} : { action })} method="post" onSubmit={onSubmit}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SubmittingContext.Provider value={submitting}>{children}</SubmittingContext.Provider>
    </Form>
  );
}

function useOneSubmission(action: string, fields: Record<string, string>) {
  const { formMethod, formAction, formData, state } = useNavigation();
  const { key } = useLocation();
  const submitting =
    formMethod?.toUpperCase() === "POST" &&
    formAction === action &&
    Object.entries(fields).every(([name, value]) => formData?.get(name) === value);
  // Two presses may come before the first of them shows.
  const sent = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key is an answer, however fast it came.
  useEffect(() => {
    if (state === "idle") sent.current = false;
  }, [state, key]);
  function onSubmit(event: FormEvent) {
    if (sent.current) event.preventDefault();
    sent.current = true;
  }
  return { submitting, onSubmit };
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
    <>
      <button type="submit" aria-disabled={submitting || undefined} className={buttonLook[look]}>
        <ChangingLabel changed={submitting} from={children} to={pending} />
      </button>
      <span role="status" className="sr-only">
        {submitting ? pending : null}
      </span>
    </>
  );
}

export interface FormProblem {
  /** The field it belongs to; none when it is about the whole. */
  field?: string | undefined;
  text: string;
}

/** Read out and focused when the answer arrives, with a link to each field. */
export function ErrorSummary({ title, problems }: { title: string; problems: FormProblem[] }) {
  const summary = useFocusOnAnswer(problems.length > 0);
  if (problems.length === 0) return null;
  return (
    <div
      ref={summary}
      role="alert"
      tabIndex={-1}
      // biome-ignore lint/a11y/noAutofocus: the answer to what was just sent comes first, with JavaScript or without.
      autoFocus
      className="rounded-md border border-bad bg-bad-soft px-4 py-3 text-bad"
    >
      <h2 className="font-semibold">{title}</h2>
      <ul className="mt-1 grid gap-1">
        {problems.map(({ field, text }) => (
          <li key={`${field} ${text}`}>
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

/** A document focuses by itself; an answer without one, which has a key of its own, does not. */
function useFocusOnAnswer(refused: boolean) {
  const element = useRef<HTMLDivElement>(null);
  const { key } = useLocation();
  useEffect(() => {
    if (refused && key !== "default") element.current?.focus();
  }, [refused, key]);
  return element;
}
