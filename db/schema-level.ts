/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "7dbecda882ef6fe0368b49a1d0eb67ef199d8f364883a2b45f1750d38eca1ed6";
