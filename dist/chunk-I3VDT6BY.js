import{readFileSync}from"node:fs";function version(){let manifest=JSON.parse(readFileSync(new URL("../package.json",import.meta.url),"utf8")),found=typeof manifest=="object"&&manifest!==null&&"version"in manifest?manifest.version:null;return typeof found=="string"?found:"unknown"}function help(){return`Lockkeeper ${version()}: safe PostgreSQL migrations

Usage: lockkeeper check [path\u2026] [options]
       lockkeeper plan [directory\u2026] [options]
       lockkeeper status [directory\u2026] [options]
       lockkeeper migrate [directory\u2026] [options]
       lockkeeper rollback [directory] --steps N | --target-version VERSION [options]
       lockkeeper resolve [directory\u2026] [--target-version VERSION DECISION] [options]
       lockkeeper force [directory] --target-version VERSION [options]
       lockkeeper baseline [directory] --target-version VERSION [options]
       lockkeeper verify [directory\u2026] [options]
       lockkeeper backup [list | verify ID] [options]
       lockkeeper rules [--format text|json]
       lockkeeper explain RULE
       lockkeeper new NAME [--directory DIR] [--layout NAME]

  check     Reads migrations with PostgreSQL's own parser, says what each does to the
            database (locks, rewrites, lost data), and gives a verdict. A directory:
            each migration is judged with the earlier ones as its history. A file: that
            migration is judged. "-": SQL from standard input. Without a path: the
            directories that the config names.
  plan      Says what a deploy would do to a database: which migrations are pending by the
            ledger of their tool, what each does with what is there, how it is deployed,
            and a digest that names exactly this plan. Writes nothing.
  status    Says which migrations are applied, pending, edited, missing or out of order.
  migrate   Applies what is pending: plan, preflight, apply, verify, journal. One runner
            at a time; waits for locks without making others wait; what fails is rolled
            back. A plan that the policy does not deploy by itself needs --expect-digest.
  rollback  Takes migrations back with their down scripts: plan, preflight, down, verify.
            Refused where that would lose rows, unless each loss is confirmed by name.
  resolve   After a failure: shows what the catalog says of each statement of a migration
            that was begun and not finished, and what fits. A decision names the version.
  force     Sets golang-migrate's ledger to a version, not dirty; runs nothing.
  baseline  At adoption: records every migration up to a version as applied, runs none.
  verify    Says whether a database is valid: ledgers, indexes, constraints, sequences,
            and what the config asks for: queries, commands, addresses. Changes nothing.
  backup    Makes a backup with pg_dump, proves it and keeps it; lists backups; proves
            one again.
  rules     Lists the rules with their risks.
  explain   Says why a rule is there, and what to write instead.
  new       Writes the files of the next migration, numbered and named as those that are
            there. It prints their paths, and never writes over anything.

Options
  --config FILE        the config (default: .github/lockkeeper.yml, where there is one)
  --directory DIR      where a new migration goes (default: the config's directory, or
                       the usual one)
  --fail-on RISK       from which risk on approval is needed: low, medium, high,
                       critical, or never to report and pass (default: the config's,
                       or medium)
  --format FORMAT      text, json, markdown (the summary of a workflow step), sarif
                       (code scanning) or github (annotations) (default: text)
  --layout NAME        how the files are named: golang-migrate, dbmate, goose,
                       sql-migrate, flyway, prisma, drizzle, supabase, sqlx, diesel,
                       node-pg-migrate or plain (default: found by their names)
  --postgres VERSION   the server's major version, 14 to 18 (default: the config's, or 18)
  --rehearse off       no rehearsal on a scratch database
  --since REF          judges only what is not yet in a branch, tag or commit, as what is
                       deployed together; what is there counts as applied, and must be
                       as it was (git is asked, from the merge base on)
  -h, --help           this text
  -V, --version        the version

Options of plan, status and baseline, beside --config, --format and --layout
  --allow-missing      goes on although an applied migration has no file
  --allow-out-of-order applies a migration although a later one is applied
  --database-url URL   the database (default: the variable DATABASE_URL, or that of the
                       environment): postgres://user:password@host:port/database
  --environment NAME   an environment of the config: its database, window and checks
  --target-version V   up to which migration

Options of migrate, beside those of plan
  --after-url URL      the database of the environment that comes before (after: staging)
  --allow-other-database
                       goes on although it is not the database of the last time
  --backup WHEN        policy: where the policy requires one, a backup is made and proved
                       in the store; always: before every plan (default: policy)
  --backup-id ID       a backup that was made before; it must be in the store, of this
                       database as it is now; without a store it is only journaled
  --expect-digest SHA  the plan that was agreed to: any other is refused
  --lock-retries N     how often a migration is tried again when somebody is in its way
                       (default: 10)
  --lock-timeout TIME  how long a statement waits for a lock (default: 3s)
  --lock-wait TIME     how long another run is waited for (default: 10min)
  --max-blocking TIME  how long anybody may wait for a migration (default: 5s)
  --max-duration TIME  how long a migration may take (default: as long as it needs)
  --store DIR          where the backups are (default: the config's)

Options of rollback, beside those of migrate
  --confirm-loss NAME  a table, table.column or file:line whose rows may be lost; again
                       for each
  --dry-run            says what going back would do, and what it needs; writes nothing
  --reason WORD        migration-failed, verify-failed, health-failed,
                       performance-degraded or manual (default: manual)
  --steps N            how many migrations (--target-version: the version that stays, 0
                       for none)

Options of backup and verify, which take --database-url and --environment too
  --proof PROOF        how far a backup is proved: checksums, archive or restored
                       (default: the config's, or archive)
  --jobs N             jobs that dump and restore at once
  --data-only          a backup without the schema
  --schema-only        a backup without the rows
  --save FILE          writes down rows, constraints and times, for later
  --compare-with FILE  compares with what --save has written

Decisions of resolve
  --mark applied       all of it is there      --mark not-applied   nothing of it is there
  --resume-at N        go on with statement N  --roll-back          run its down script

Exit status
  0  the gate is open         1  approval is needed, a migration is blocked, or the
                                 database refuses
  2  the request is wrong     3  a migration is in the database in part, or something is
                                 not as planned
  70 a bug in Lockkeeper
`}export{version,help};
