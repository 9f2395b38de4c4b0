# Writes SQL files as C strings: cmake -DOUT=... -DDIR=... -DSTATEMENTS=a|b
# -DMIGRATIONS=0001_x|... -P EmbedSql.cmake
# makes OUT.h and OUT.c: one `struct th_sql` a statement (named after its file,
# numbered from 0), and the migrations in order.

include(${CMAKE_CURRENT_LIST_DIR}/QuoteSql.cmake)

string(REPLACE "|" ";" STATEMENTS "${STATEMENTS}")
string(REPLACE "|" ";" MIGRATIONS "${MIGRATIONS}")
set(header "/* Generated from sql/ and migrations/ by EmbedSql.cmake. */\n#ifndef TH_STORE_SQL_H\n")
string(APPEND header "#define TH_STORE_SQL_H\n\n")
string(APPEND header "struct th_sql {\n    const char *name, *text;\n    int number;\n};\n\n")
string(APPEND header "struct th_migration {\n    int version;\n    const char *name, *text;\n};\n\n")
set(source "#include \"store_sql.h\"\n\n")

set(number 0)
foreach(name IN LISTS STATEMENTS)
  quote_file("${DIR}/sql/${name}.sql" text)
  string(APPEND header "extern const struct th_sql th_sql_${name};\n")
  string(APPEND source
    "const struct th_sql th_sql_${name} = {\"${name}\",\n${text},\n    ${number}};\n\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND header "\n#define TH_SQL_COUNT ${number}\n\n")

string(APPEND source "const struct th_migration th_migrations[] = {\n")
set(version 0)
foreach(name IN LISTS MIGRATIONS)
  math(EXPR version "${version} + 1")
  if(NOT name MATCHES "^0*${version}_")
    message(FATAL_ERROR "migration ${name}: number ${version} was expected")
  endif()
  quote_file("${DIR}/migrations/${name}.sql" text)
  string(APPEND source "    {${version}, \"${name}\",\n${text}},\n")
endforeach()
string(APPEND source "};\n")
string(APPEND header "#define TH_MIGRATION_COUNT ${version}\n")
string(APPEND header "extern const struct th_migration th_migrations[TH_MIGRATION_COUNT];\n\n#endif\n")

file(WRITE "${OUT}.h" "${header}")
file(WRITE "${OUT}.c" "${source}")
