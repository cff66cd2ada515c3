/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "0004375602f482731671948cb9b1a25eb71b43e9b40e190065ebf5372afff213";
