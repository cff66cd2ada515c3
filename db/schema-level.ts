/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "1bfbd40a4617ad966cf28aa3a98f62756a8012c07e3e64b9c881a82b96fc4480";
