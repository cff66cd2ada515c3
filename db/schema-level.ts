/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "31d15cf15b1dcc3647798a701d02cada26ae429f1e475237fbdbf7a83ad4e1f3";
