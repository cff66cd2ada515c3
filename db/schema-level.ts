/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "a2c77565c8c362e0dcfe46ac188ee94c0bf763e25b7f9f7ae5ebee8243a22031";
