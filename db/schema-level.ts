/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "b121dde2132b05a185f6b4aa1e05042330e6b1569f5d572c85a9c66d3fca1f81";
