import{readFileSync}from"node:fs";function version(){let manifest=JSON.parse(readFileSync(new URL("../package.json",import.meta.url),"utf8")),found=typeof manifest=="object"&&manifest!==null&&"version"in manifest?manifest.version:null;return typeof found=="string"?found:"unknown"}function help(){return`Lockkeeper ${version()}: safe PostgreSQL migrations

Usage: lockkeeper check [path\u2026] [options]
       lockkeeper rules [--format text|json]
       lockkeeper explain RULE
       lockkeeper new NAME [--directory DIR] [--layout NAME]

  check     Reads migrations with PostgreSQL's own parser, says what each does to the
            database (locks, rewrites, lost data), and gives a verdict. A directory:
            each migration is judged with the earlier ones as its history. A file: that
            migration is judged. "-": SQL from standard input. Without a path: the
            directories that the config names.
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
  --layout NAME        how the files are named: golang-migrate, dbmate, goose, flyway,
                       prisma, drizzle, supabase, sqlx, diesel, node-pg-migrate or
                       plain (default: found by their names)
  --postgres VERSION   the server's major version, 14 to 18 (default: the config's, or 18)
  --rehearse off       no rehearsal on a scratch database
  --since REF          judges only what is not yet in a branch, tag or commit, as what is
                       deployed together; what is there counts as applied, and must be
                       as it was (git is asked, from the merge base on)
  -h, --help           this text
  -V, --version        the version

Exit status
  0  the gate is open         1  approval is needed, or a migration is blocked
  2  the request is wrong     70 a bug in Lockkeeper
`}export{version,help};
