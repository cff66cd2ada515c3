/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "9a21533a8da8e41091bcc77282d0c15a5855ce81b8028f33892197a688249443";
