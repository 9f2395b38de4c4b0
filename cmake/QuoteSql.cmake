# quote_file(PATH RESULT): the text of PATH as a C string literal, a line of C a line
# of SQL; for the scripts that embed .sql files at build.
function(quote_file path result)
  file(READ "${path}" text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
  set(${result} "    \"${text}\"" PARENT_SCOPE)
endfunction()
