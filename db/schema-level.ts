/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "2b1efbff7ee9fe76bb36233b90b48691dc692cb57b64af40ef25ff848e4edeee";
