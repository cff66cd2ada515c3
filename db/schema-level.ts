/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "71d369e7c1362f6674579060118b948dc6f9cd5180ec880da551504a7a9e4b6b";
