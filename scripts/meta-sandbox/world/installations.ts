import type { Grant } from "./grants.ts";
import type { Platform } from "./platform.ts";

/** A business that went through a sign-up and has the app in its integrations, whether or not a token was issued. */
export interface Installation {
  grant: Grant;
  at: number;
}

/** Other apps' grants are none of the app's business. */
export function recordInstallation(platform: Platform, grant: Grant): void {
  if (grant.appId !== platform.app.appId) return;
  platform.state.installations.push({ grant, at: platform.clock.now() });
  platform.changed();
}

/** Everything a business has granted so far, with the permissions of the last time; null when it never did. */
export function installedGrant(platform: Platform, businessId: string): Grant | null {
  const grants = platform.state.installations
    .map(({ grant }) => grant)
    .filter((grant) => grant.businessId === businessId);
  const last = grants.at(-1);
  if (!last) return null;
  return {
    ...last,
    wabaIds: [...new Set(grants.flatMap(({ wabaIds }) => wabaIds))],
    numberIds: [...new Set(grants.flatMap(({ numberIds }) => numberIds))],
  };
}

/** When a WABA was last shared with the app. */
export function lastSharedAt(platform: Platform, wabaId: string): number | null {
  const last = platform.state.installations.findLast(({ grant }) => grant.wabaIds.includes(wabaId));
  return last?.at ?? null;
}

/** The WABAs of every installation that a revocation is about; without a filter, of all. */
export function installedWabaIds(
  platform: Platform,
  filter: { businessId?: string | undefined; wabaId?: string | undefined },
): string[] {
  return platform.state.installations
    .map(({ grant }) => grant)
    .filter(
      ({ businessId, wabaIds }) =>
        (filter.businessId === undefined || filter.businessId === businessId) &&
        (filter.wabaId === undefined || wabaIds.includes(filter.wabaId)),
    )
    .flatMap(({ wabaIds }) => wabaIds);
}

export function endInstallations(platform: Platform, wabaIds: readonly string[]): void {
  platform.state.installations = platform.state.installations
    .map(({ grant, at }) => ({
      grant: { ...grant, wabaIds: grant.wabaIds.filter((id) => !wabaIds.includes(id)) },
      at,
    }))
    .filter(({ grant }) => grant.wabaIds.length > 0);
}
