/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "f4b2320fa1f524f7f280fe6b186441260a19af38258c6a9d7500d2a9e1b4ffb9";
