/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "537e80d5a340d8a40418bbbea253654ec374b4e61912ed90c633da41c0bde26c";
