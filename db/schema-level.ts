/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0026_pins";
export const schemaDigest = "c4f7449277f8ffb1d5a9dcc380dff5ddd46b8eb36c672f9be5bd3b38acd75138";
