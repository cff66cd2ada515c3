/** Whether a web or a database is on this machine, by all that may say where it is. Nothing is connected to. */
import { BlockList, isIP } from "node:net";
import pg from "pg";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * True when every place that the URL or PG… variables name is a loopback address, `localhost` or a Unix socket. Names are
 * not looked up: another answer may come when it counts. A tunnel to elsewhere looks local and cannot be told apart.
 */
export function isLocalDatabase(databaseUrl: string): boolean {
  return placesOf(databaseUrl)?.every(isHere) ?? false;
}

/** Undefined when a service file says it, or nobody can. */
function placesOf(databaseUrl: string): string[] | undefined {
  try {
    const { searchParams: query } = new URL(
      databaseUrl.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?#]|$)/, "$1localhost"),
    );
    if (query.has("service") || process.env.PGSERVICE) return undefined;
    // The driver's own reading, which is where it would connect to, and what else libpq's programs would read.
    const named = [
      new pg.Client({ connectionString: databaseUrl }).host,
      process.env.PGHOSTADDR,
      ...query.getAll("host"),
      ...query.getAll("hostaddr"),
    ];
    return named.flatMap((place) => (place ? place.split(",") : []));
  } catch {
    return undefined;
  }
}

function isHere(place: string): boolean {
  if (place.startsWith("/") || place.toLowerCase() === "localhost") return true;
  const address = place.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** True for http and https at `localhost` or a loopback address. Names are not looked up: another answer may come later. */
export function isLocalWeb(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
