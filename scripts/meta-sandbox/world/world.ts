import { emptyWaba, unregisteredNumber } from "./seed.ts";

export {
  BUSINESS_IDS,
  EARLIER_PROVIDER_PIN,
  NUMBER_IDS,
  OTHER_APP_ID,
  PARTNER_BUSINESS_ID,
  PERSON_IDS,
  seededWorld,
  WABA_IDS,
} from "./seed.ts";

/** Somebody with a Facebook login. */
export interface Person {
  id: string;
  name: string;
  businessIds: string[];
}

/** A business portfolio. Its id is never a WABA id, although both look alike. */
export interface Business {
  id: string;
  name: string;
}

export interface CallbackOverride {
  uri: string;
  verifyToken: string;
}

export interface SubscribedApp {
  id: string;
  name: string;
  link: string;
  override?: CallbackOverride;
}

/** A WhatsApp Business Account: holds numbers and the list of apps that receive its webhooks. */
export interface Waba {
  id: string;
  businessId: string;
  name: string;
  country: string;
  currency: string;
  timezoneId: string;
  subscribedApps: SubscribedApp[];
}

export interface PhoneNumber {
  id: string;
  wabaId: string;
  /** Pretty-printed, as REST answers have it; webhooks carry digits only. */
  displayPhoneNumber: string;
  verifiedName: string;
  platformType: string;
  status: string;
  codeVerificationStatus: string;
  qualityRating: string;
  nameStatus: string;
  pin: string | null;
  /** Coexistence: the number also lives in the WhatsApp Business app. */
  isOnBizApp: boolean;
  lastOnboardedAt: number;
  /** A number made during sign-up may appear in lists only later. */
  visibleAt: number;
  override: CallbackOverride | null;
  /** The code of the last request_code, until it was used. */
  verificationCode?: string | null;
  /** Coexistence: the kinds of app data that were asked for, each of which can be asked for once. */
  sharedAppData?: string[];
  registerCalls: number[];
  deregisterCalls: number[];
}

export interface World {
  people: Record<string, Person>;
  businesses: Record<string, Business>;
  wabas: Record<string, Waba>;
  numbers: Record<string, PhoneNumber>;
  nextId: string;
}

/** Newest onboarded first, which is Meta's default order for `/{waba}/phone_numbers`. */
export function numbersOf(world: World, wabaId: string): PhoneNumber[] {
  return Object.values(world.numbers)
    .filter((candidate) => candidate.wabaId === wabaId)
    .sort((left, right) => right.lastOnboardedAt - left.lastOnboardedAt || (left.id < right.id ? 1 : -1));
}

export function wabasOf(world: World, businessId: string): Waba[] {
  return Object.values(world.wabas).filter((candidate) => candidate.businessId === businessId);
}

/** The number that has these digits, however either side is written. */
export function numberByDigits(world: World, digits: string): PhoneNumber | undefined {
  return Object.values(world.numbers).find(
    (candidate) => candidate.displayPhoneNumber.replace(/\D/g, "") === digits,
  );
}

/** An id nobody else has, larger than 2^53 and odd. */
function takeId(world: World): string {
  const id = world.nextId;
  world.nextId = String(BigInt(id) + 2n);
  return id;
}

export function addWaba(world: World, input: { businessId: string; name: string }): Waba {
  const created = emptyWaba(takeId(world), input.businessId, input.name);
  world.wabas[created.id] = created;
  return created;
}

export interface NewNumber {
  wabaId: string;
  displayPhoneNumber: string;
  verifiedName: string;
}

/** Adds a verified number that is not registered yet, the state in which Embedded Signup leaves one. */
export function addNumber(world: World, input: NewNumber & Partial<PhoneNumber>): PhoneNumber {
  const { wabaId, displayPhoneNumber, verifiedName, ...more } = input;
  const created = { ...unregisteredNumber(takeId(world), wabaId, displayPhoneNumber, verifiedName), ...more };
  world.numbers[created.id] = created;
  return created;
}
