/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "56a1461e7832427e1663dd91bd6e897c07f1a51b98f04c8c169528142c2a186e";
