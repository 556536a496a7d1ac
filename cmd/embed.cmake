# Turn FILES into one C file: an array of { name, bytes, length }, ended by a
# NULL name, called SYMBOL. The name is the file name without its folder.
#
# Texts (*.txt: "id = text" a line) are made ready for use: comments and empty
# lines go, "\n" becomes a line break, lines are sorted by their bytes and each
# ends in NUL, so that a text is found by bisection and used where it stands.
cmake_policy(VERSION 3.25)
set(text "/* Made by cmd/embed.cmake from the data files; not to be edited. */\n")
string(APPEND text "#include <stddef.h>\n\n")
string(APPEND text "struct embedded { const char *name; const char *bytes; size_t len; };\n")
string(APPEND text "extern const struct embedded ${SYMBOL}[];\n")
set(rows "")
set(n 0)
foreach(file ${FILES})
	get_filename_component(name ${file} NAME)
	file(READ ${file} hex HEX)
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
	if(name MATCHES "\\.txt$")
		string(REPLACE "0x0a," ";" lines "${bytes}")
		list(FILTER lines EXCLUDE REGEX "^0x23,|^$")
		list(SORT lines)
		list(JOIN lines "0x00," bytes)
		string(APPEND bytes "0x00,")
		string(REPLACE "0x5c,0x6e," "0x0a," bytes "${bytes}")
	endif()
	string(LENGTH "${bytes}" digits)
	math(EXPR len "${digits} / 5")
	string(APPEND text "static const unsigned char file${n}[] = {${bytes}0};\n")
	string(APPEND rows "\t{ \"${name}\", (const char *)file${n}, ${len} },\n")
	math(EXPR n "${n} + 1")
endforeach()
string(APPEND text "\nconst struct embedded ${SYMBOL}[] = {\n${rows}\t{ NULL, NULL, 0 }\n};\n")
file(WRITE ${OUT} "${text}")
