import type { Business, Person, PhoneNumber, Waba, World } from "./world.ts";

// Every id is an odd number above 2^53: code that turns one into a JavaScript number changes it and is caught.

/** The portfolio of the company that owns the app (the Tech Provider). */
export const PARTNER_BUSINESS_ID = "700200000000000101";

/** Another provider's app that is already subscribed to one seeded WABA. */
export const OTHER_APP_ID = "900300000000000107";

/** The PIN an earlier provider left on `NUMBER_IDS.cadenasSur1`; registering with any other answers 133005. */
export const EARLIER_PROVIDER_PIN = "246810";

export const PERSON_IDS = {
  ana: "122000000000000011",
  eva: "122000000000000021",
  bea: "122000000000000031",
  carla: "122000000000000041",
  nico: "122000000000000051",
} as const;

export const BUSINESS_IDS = {
  luz: "506000000000000011",
  norte: "506000000000000021",
  bea: "506000000000000031",
  cadenas: "506000000000000041",
  nuevo: "506000000000000051",
} as const;

export const WABA_IDS = {
  luz: "204000000000000011",
  norte: "204000000000000021",
  bea: "204000000000000031",
  cadenasCentro: "204000000000000041",
  cadenasSur: "204000000000000043",
} as const;

export const NUMBER_IDS = {
  luz: "311000000000000011",
  norte: "311000000000000021",
  /** Registered on the Cloud API. */
  cadenasCentro1: "311000000000000041",
  /** Not registered yet: `platform_type` NOT_APPLICABLE. */
  cadenasCentro2: "311000000000000043",
  /** Coexistence: still used in the WhatsApp Business app. */
  cadenasCentro3: "311000000000000045",
  /** Not registered, and an earlier provider set a two-step PIN. */
  cadenasSur1: "311000000000000047",
  cadenasSur2: "311000000000000049",
} as const;

/** The people, businesses, accounts and numbers that exist after a start or a reset. */
export function seededWorld(): World {
  return {
    people: byId([
      person(PERSON_IDS.ana, "Ana Luz", BUSINESS_IDS.luz),
      person(PERSON_IDS.eva, "Eva Norte", BUSINESS_IDS.norte),
      person(PERSON_IDS.bea, "Bea Sin Número", BUSINESS_IDS.bea),
      person(PERSON_IDS.carla, "Carla Cadenas", BUSINESS_IDS.cadenas),
      person(PERSON_IDS.nico, "Nico Nuevo", BUSINESS_IDS.nuevo),
    ]),
    businesses: byId([
      business(BUSINESS_IDS.luz, "Panadería Luz"),
      business(BUSINESS_IDS.norte, "Taller Norte"),
      business(BUSINESS_IDS.bea, "Estudio Bea"),
      business(BUSINESS_IDS.cadenas, "Cadenas SA"),
      business(BUSINESS_IDS.nuevo, "Nuevo Comienzo"),
    ]),
    wabas: byId([
      emptyWaba(WABA_IDS.luz, BUSINESS_IDS.luz, "Panadería Luz"),
      { ...emptyWaba(WABA_IDS.norte, BUSINESS_IDS.norte, "Taller Norte"), country: "AR", currency: "ARS" },
      emptyWaba(WABA_IDS.bea, BUSINESS_IDS.bea, "Estudio Bea"),
      {
        ...emptyWaba(WABA_IDS.cadenasCentro, BUSINESS_IDS.cadenas, "Cadenas Centro"),
        subscribedApps: [{ id: OTHER_APP_ID, name: "Otra Plataforma", link: "https://otra.example/" }],
      },
      emptyWaba(WABA_IDS.cadenasSur, BUSINESS_IDS.cadenas, "Cadenas Sur"),
    ]),
    numbers: byId(seededNumbers()),
    // Created ids start here and go up by two, so they stay odd.
    nextId: "833000000000000001",
  };
}

function seededNumbers(): PhoneNumber[] {
  const { luz, norte, cadenasCentro, cadenasSur } = WABA_IDS;
  const ids = NUMBER_IDS;
  return [
    onboarded(10, REGISTERED, ids.luz, luz, "+52 55 1234 5678", "Panadería Luz"),
    onboarded(11, REGISTERED, ids.norte, norte, "+54 9 11 2345 6789", "Taller Norte"),
    onboarded(12, REGISTERED, ids.cadenasCentro1, cadenasCentro, "+52 55 2222 1001", "Cadenas Centro"),
    onboarded(14, {}, ids.cadenasCentro2, cadenasCentro, "+52 55 2222 1002", "Cadenas Taller"),
    onboarded(13, COEXISTENCE, ids.cadenasCentro3, cadenasCentro, "+52 55 2222 1003", "Cadenas Mostrador"),
    onboarded(15, WITH_EARLIER_PIN, ids.cadenasSur1, cadenasSur, "+52 81 3333 2001", "Cadenas Sur"),
    onboarded(16, REGISTERED, ids.cadenasSur2, cadenasSur, "+52 81 3333 2002", "Cadenas Sur Envíos"),
  ];
}

const REGISTERED = { platformType: "CLOUD_API", status: "CONNECTED", qualityRating: "GREEN" };
const COEXISTENCE = { ...REGISTERED, isOnBizApp: true };
const WITH_EARLIER_PIN = { pin: EARLIER_PROVIDER_PIN };

/** A number onboarded on a day of January 2026; the days fix the order of lists. */
function onboarded(
  day: number,
  more: Partial<PhoneNumber>,
  ...identity: Parameters<typeof unregisteredNumber>
): PhoneNumber {
  return { ...unregisteredNumber(...identity), ...more, lastOnboardedAt: Date.UTC(2026, 0, day, 12) };
}

/** A number as Meta leaves it after sign-up: verified, but not registered on the Cloud API. */
export function unregisteredNumber(
  id: string,
  wabaId: string,
  displayPhoneNumber: string,
  verifiedName: string,
): PhoneNumber {
  return {
    id,
    wabaId,
    displayPhoneNumber,
    verifiedName,
    platformType: "NOT_APPLICABLE",
    status: "PENDING",
    codeVerificationStatus: "VERIFIED",
    qualityRating: "UNKNOWN",
    nameStatus: "APPROVED",
    pin: null,
    isOnBizApp: false,
    lastOnboardedAt: 0,
    visibleAt: 0,
    override: null,
    registerCalls: [],
    deregisterCalls: [],
  };
}

export function emptyWaba(id: string, businessId: string, name: string): Waba {
  return { id, businessId, name, country: "MX", currency: "MXN", timezoneId: "92", subscribedApps: [] };
}

function person(id: string, name: string, ...businessIds: string[]): Person {
  return { id, name, businessIds };
}

function business(id: string, name: string): Business {
  return { id, name };
}

function byId<T extends { id: string }>(items: T[]): Record<string, T> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}
