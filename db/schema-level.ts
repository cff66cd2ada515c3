/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "57401a7cd64e9714ff5a49230384f38443df21c0ad5f80c7414a58f5bb5e67c8";
