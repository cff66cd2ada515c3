/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "74446a770332a794d6726f3b350832916beff0ee332441c3d5ae8099adf3c877";
