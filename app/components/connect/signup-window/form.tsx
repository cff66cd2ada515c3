/**
 * The form that starts a connection, with the window as an enhancement: pressed before the platform's script is there,
 * or where it never comes, it posts the document like any other form.
 */
import {
  createContext,
  type FormEvent,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useRef,
  useState,
} from "react";
import { type ChannelId, connectPath } from "../../../integrations/catalog.ts";
import type { SignupWindow } from "../../../integrations/channel.server.ts";
import type { Texts } from "../../../texts/catalogue.ts";
import { buttonLook, ChangingLabel } from "../../forms/buttons.tsx";
import { useTexts } from "../../frame/page-context.tsx";
import type { Phase } from "./attempt.ts";

interface SignupWindowFormProps {
  channel: ChannelId;
  signup: SignupWindow;
  label: string;
  look: "primary" | "quiet";
  /** While no window of this form has anything to say. */
  note?: string | undefined;
  /** Fields of the form. */
  children?: ReactNode;
}

type Shown = Exclude<Phase, "replaced">;

/** Opens the window; returns what ends the attempt. */
type Open = (show: (phase: Phase) => void, onPhone: boolean) => () => void;

export function SignupWindowForm({ channel, signup, label, look, note, children }: SignupWindowFormProps) {
  const texts = useTexts();
  const { open, prepare } = useOpener(channel, signup);
  const { phase, leaving, onSubmit } = usePhases(open);
  const busy = leaving || phase === "waiting" || phase === "submitting";
  return (
    <form
      method="post"
      action={`${connectPath(channel)}/start`}
      onSubmit={onSubmit}
      onPointerEnter={prepare}
      onFocus={prepare}
    >
      {children}
      <button type="submit" aria-disabled={busy || undefined} className={buttonLook[look]}>
        <ChangingLabel changed={busy} from={label} to={texts.integrations.connecting} />
      </button>
      <span role="status" className="sr-only">
        {leaving && !phase ? texts.integrations.connecting : null}
      </span>
      <WindowNews phase={phase} leaving={leaving} />
      {note && !phase ? <p className="mt-3 max-w-prose">{note}</p> : null}
    </form>
  );
}

/** Present from the start, so that what it comes to say is read out; takes no room before. */
function WindowNews({ phase, leaving }: { phase: Shown | null; leaving: boolean }) {
  const texts = useTexts();
  return (
    <>
      <p role="status" className={phase ? "mt-3 max-w-prose" : ""}>
        {phase ? newsOf(texts, leaving ? "submitting" : phase) : null}
      </p>
      {phase ? (
        <button
          type="submit"
          name="flow"
          value="redirect"
          aria-disabled={leaving || phase === "submitting" || undefined}
          className={`mt-2 ${buttonLook.bare}`}
        >
          {texts.signupWindow.onThisPage}
        </button>
      ) : null}
    </>
  );
}

function newsOf(texts: Texts, phase: Shown): string {
  if (phase === "waiting") return texts.integrations.atMeta;
  return phase === "submitting" ? texts.signupWindow.oneMoment : texts.signupWindow.notices[phase];
}

/** `open.current` stays null until a window can be opened. The script is fetched when the page has nothing else to do. */
function useOpener(channel: ChannelId, signup: SignupWindow) {
  const open = useRef<Open | null>(null);
  async function prepare() {
    try {
      const { loadSdk, openSignup } = await import("./attempt.ts");
      const sdk = await loadSdk(signup);
      open.current = (show, onPhone) => openSignup({ sdk, channel, signup, onPhone, show });
    } catch {
      // Blocked, or offline: the form posts the document.
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for a form; a second time would change nothing.
  useEffect(() => {
    // Safari has no idle callback.
    const whenIdle = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 500));
    whenIdle(() => void prepare());
  }, []);
  return { open, prepare };
}

/** `phase` is null where no window is under way; `leaving` while the document itself is on its way to the platform. */
function usePhases(open: RefObject<Open | null>) {
  const [phase, setPhase] = useState<Shown | null>(null);
  const [leaving, setLeaving] = useState(false);
  const end = useRef(() => {});
  useGoneBackTo(() => {
    end.current();
    setPhase(null);
    setLeaving(false);
  });

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    const { submitter } = event.nativeEvent as SubmitEvent;
    const onThisPage = submitter?.getAttribute("value") === "redirect";
    if (leaving || phase === "submitting" || (phase === "waiting" && !onThisPage))
      return event.preventDefault();
    const onPhone = new FormData(event.currentTarget).get("number") === "on_phone";
    if (!onThisPage && opens(onPhone)) return event.preventDefault();
    end.current();
    setLeaving(true);
  }
  function opens(onPhone: boolean): boolean {
    const show = (next: Phase) => setPhase(next === "replaced" ? null : next);
    try {
      if (open.current) end.current = open.current(show, onPhone);
      return open.current !== null;
    } catch {
      return false;
    }
  }
  return { phase, leaving, onSubmit };
}

/** A page that the browser has kept shows itself as it was left, waiting for what has long ended. */
function useGoneBackTo(wake: () => void) {
  const latest = useRef(wake);
  latest.current = wake;
  useEffect(() => {
    const shown = (event: PageTransitionEvent) => event.persisted && latest.current();
    window.addEventListener("pageshow", shown);
    return () => window.removeEventListener("pageshow", shown);
  }, []);
}

type Windows = Partial<Record<ChannelId, SignupWindow>>;

const WindowsContext = createContext<Windows>({});

export function SignupWindows({ windows, children }: { windows: Windows; children: ReactNode }) {
  return <WindowsContext.Provider value={windows}>{children}</WindowsContext.Provider>;
}

/** Undefined where the channel has none, or no page has said so. */
export function useSignupWindow(channel: ChannelId): SignupWindow | undefined {
  return useContext(WindowsContext)[channel];
}
