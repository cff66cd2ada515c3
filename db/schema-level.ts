/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "36b7397fa9aa06675a19674413c17c0b2c035176a8edbe36cd8bc22ea0af5782";
