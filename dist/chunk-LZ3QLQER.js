function databaseName(database){switch(database){case"postgresql":return"PostgreSQL";case"sqlite":return"SQLite";case"mysql":return"MySQL";case"mariadb":return"MariaDB"}}export{databaseName};
