/**
 * Password hashes: argon2id with OWASP's least settings (19 MiB, 2 passes, 1 lane). At most four hashes run at once and
 * a bounded number wait, so that a flood of sign-ins cannot take the process down with it.
 */
import { hash, verify } from "@node-rs/argon2";
import { type Asker, createFairTurns, TurnsTakenError } from "./fair-turns.server.ts";
import { isPlainText } from "./text.ts";

// Algorithm.Argon2id; the package's enum is a `const enum`, which a type-stripping runtime cannot read.
const settings = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const turns = createFairTurns({ atOnce: 4, waiting: 64 });

/** Too many hashes wait already; nothing was computed. */
export class PasswordsBusyError extends Error {
  override name = "PasswordsBusyError";
}

/** A fresh salt each time: the same password never gives the same text twice. Throws `PasswordsBusyError`. */
export async function hashPassword(password: string, asker?: Asker): Promise<string> {
  return inTurn(asker, () => hash(password, settings));
}

/**
 * True when the password is the one behind `stored`. With `stored` undefined (nobody has that name), or where it is no hash
 * of ours, the answer is false and costs the same work. Throws `PasswordsBusyError`.
 */
export async function verifyPassword(
  stored: string | undefined,
  password: string,
  asker?: Asker,
): Promise<boolean> {
  if (!stored?.startsWith("$argon2id$")) {
    await hashPassword(password, asker);
    return false;
  }
  return inTurn(asker, () => verify(stored, password));
}

async function inTurn<T>(asker: Asker | undefined, work: () => Promise<T>): Promise<T> {
  return turns.take(asker, work).catch((error: unknown) => {
    throw error instanceof TurnsTakenError
      ? new PasswordsBusyError("Too many passwords are being checked.")
      : error;
  });
}

const shortest = 8;
const longest = 128;

export type NewPasswordProblem = "too_short" | "too_long" | "too_common";

/** Why a new password may not be used; undefined when it may. Counted as a person counts: an emoji is one character. */
export function problemOfNewPassword(password: string): NewPasswordProblem | undefined {
  const length = [...password].length;
  if (length < shortest) return "too_short";
  if (length > longest) return "too_long";
  return new Set(password).size < 3 || common.has(password.toLowerCase()) ? "too_common" : undefined;
}

const sentences: Record<NewPasswordProblem, string> = {
  too_short: `The password needs at least ${shortest} characters.`,
  too_long: `The password may have at most ${longest} characters.`,
  too_common: "That password is one of the first that anybody would try. Choose another.",
};

/** Why a new password is refused, as one sentence; undefined when it may be used. */
export function refuseNewPassword(password: string): string | undefined {
  if (!isPlainText(password)) return "The password holds a character that no sign-in form can send.";
  const problem = problemOfNewPassword(password);
  return problem && sentences[problem];
}

/** The most used ones of at least eight characters, from public breach counts. */
const common = new Set(
  `12345678 123456789 1234567890 12345678910 0123456789 987654321 9876543210 87654321 123123123 123321123
  11223344 1122334455 123454321 147258369 789456123 741852963 159753456 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx
  1qaz2wsx3edc 1qazxsw2 q1w2e3r4 q1w2e3r4t5 qwerty12 qwerty123 qwerty1234 qwerty12345 qwertyui qwertyuiop
  qwertyuiop123 asdfghjk asdfghjkl asdf1234 asdfasdf zxcvbnm1 zxcvbnm123 abcd1234 abc12345 abc123456 abcdefgh
  abcdefg1 a1b2c3d4 a1234567 a12345678 a123456789 aa123456 aa12345678 password passw0rd p@ssw0rd p@ssword
  pa55word password1 password12 password123 password1234 password! password1! mypassword password01 passwort
  contraseña contrasena contraseña1 contrasena1 administrator admin123 admin1234 admin12345 adminadmin
  administrador rootroot root1234 welcome1 welcome12 welcome123 changeme changeme1 changeme123 letmein1
  letmein123 trustno1 iloveyou iloveyou1 iloveyou2 teamo123 tequiero tequiero1 sunshine sunshine1 princess
  princess1 football football1 baseball baseball1 superman superman1 batman123 starwars pokemon1 dragon123
  monkey123 michelle jennifer alexander estrella mariposa barcelona realmadrid whatsapp whatsapp1 whatsapp123
  facebook facebook1 instagram computer internet samsung1 google123 secret123 test1234 testtest temporal
  temporal1 bienvenido bienvenido1 guest1234 default1 master123 shadow123`
    .split(/\s+/)
    .filter(Boolean),
);
