/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "0013_clock";
export const schemaDigest = "f7f9c5660ec2be8baa9dcfd04ed41e880d37a0360bb39dae19ceba33ff51154d";
