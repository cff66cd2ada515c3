/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "fda62ef8168bde32c2be2d42c99a834213925dd66341c4237bc1af138cc0a546";
