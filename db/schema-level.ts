/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "a9e073e59243c3ef6799a9c695b9fba716a81c3e77527c4f3e9f61f6919cda15";
