/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "9f1b8481559f3cd4b01bf59ab780c8b59c3f0738a44f608c53c07a9b8a7b2ffd";
