/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "bfe7d8c758f2eb38fd772304e6c0bf09eb814751007007e3609d87a316027bcc";
