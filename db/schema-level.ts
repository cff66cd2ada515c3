/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "b67404fe90582ea750e73f5eb4e81b71ca7050f9ff8a2b53a5becbe87639bcde";
