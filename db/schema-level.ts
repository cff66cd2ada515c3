/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "8a8bdb9d4d8d17cbfbd29064d5f3a6ef244680c866b25789e9a9caac053b1347";
