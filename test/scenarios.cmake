# Scenarios: the same files in the scripted world and over loopback TLS; the
# login gate as the servers see it; torture. Included by CMakeLists.txt here.
add_library(scenario_world STATIC world_script.c world_script_link.c
	world_script_tls.c play.c outputs.c zoo.c)
target_link_libraries(scenario_world PUBLIC mw_cmd)

foreach(name scenario_test gate_test time_test)
	add_executable(${name} ${CMAKE_CURRENT_LIST_DIR}/${name}.c)
	target_link_libraries(${name} PRIVATE scenario_world)
endforeach()
# Silence takes its time: the parts wait side by side.
foreach(part 1 2 3 4)
	add_test(NAME scenarios.loopback.${part} COMMAND
		scenario_test loopback ${part}/4)
	set_tests_properties(scenarios.loopback.${part} PROPERTIES TIMEOUT 900)
endforeach()
add_test(NAME gate COMMAND gate_test)
set_tests_properties(gate PROPERTIES TIMEOUT 900)

if(NOT only_threads)
	add_test(NAME scenarios.script COMMAND scenario_test script)
	set_tests_properties(scenarios.script PROPERTIES TIMEOUT 900)

	# Who is taken for whom; the diagonal is the bar.
	add_test(NAME scenarios.zoo COMMAND scenario_test zoo)
	set_tests_properties(scenarios.zoo PROPERTIES TIMEOUT 900)

	# Seconds to the verdict on wrong settings, by a clock that jumps.
	add_test(NAME scenarios.time COMMAND time_test)

	# Every scenario's report in JSON holds to the schema that ships.
	set(reports ${CMAKE_CURRENT_BINARY_DIR}/scenario_reports)
	file(MAKE_DIRECTORY ${reports})
	add_test(NAME scenarios.reports COMMAND scenario_test reports ${reports})
	set_tests_properties(scenarios.reports PROPERTIES
		FIXTURES_SETUP scenario_reports TIMEOUT 900)
	add_test(NAME scenarios.schema COMMAND sh -c
		"exec ${PYTHON3} ${CMAKE_CURRENT_LIST_DIR}/live/schema_check.py \
		${CMAKE_SOURCE_DIR}/reports/report.schema.json ${reports}/*.json")
	set_tests_properties(scenarios.schema PROPERTIES
		FIXTURES_REQUIRED scenario_reports SKIP_RETURN_CODE 77)

	# Each of the twelve providers has each of the five situations.
	add_test(NAME scenarios.twelve COMMAND ${PYTHON3}
		${CMAKE_CURRENT_LIST_DIR}/twelve.py
		${CMAKE_SOURCE_DIR}/cmd/demo/scenarios)

	# What hostile servers can do, by a table; measured.
	if(MAILWHY_SANITIZE)
		set(sanitized --sanitized)
	endif()
	add_executable(hostile_server
		${CMAKE_CURRENT_LIST_DIR}/hostile/server.c)
	target_link_libraries(hostile_server PRIVATE scenario_world)
	add_executable(measure ${CMAKE_CURRENT_LIST_DIR}/bench/measure.c)
	# "address,undefined" is one parameter to nobody: no $<BOOL:...> here
	if(MAILWHY_SANITIZE)
		set(sanitized --sanitized)
	else()
		set(sanitized)
	endif()
	add_test(NAME live.hostile COMMAND ${PYTHON3} -B
		${CMAKE_CURRENT_LIST_DIR}/hostile/hostile.py
		$<TARGET_FILE:hostile_server> $<TARGET_FILE:measure>
		${sanitized})
	set_tests_properties(live.hostile PROPERTIES TIMEOUT 900
		RUN_SERIAL TRUE ENVIRONMENT
		"MAILWHY=$<TARGET_FILE:mailwhy>;PYTHONDONTWRITEBYTECODE=1")

	# Allocations of ours are failed by the linker's --wrap; the libraries'
	# own are cJSON's, through its hooks.
	add_executable(torture ${CMAKE_CURRENT_LIST_DIR}/torture.c)
	target_link_libraries(torture PRIVATE scenario_world)
	add_test(NAME torture.wire COMMAND torture wire)
	set_tests_properties(torture.wire PROPERTIES TIMEOUT 1800)
	if(NOT APPLE)
		target_compile_definitions(torture PRIVATE TORTURE_ALLOCATIONS)
		foreach(function malloc calloc realloc strdup)
			target_link_options(torture PRIVATE
				-Wl,--wrap=${function})
		endforeach()
		add_test(NAME torture.session COMMAND torture session
			gmail-app-password variant-trimmed)
		set_tests_properties(torture.session PROPERTIES TIMEOUT 900)
		add_test(NAME torture.memory COMMAND torture memory)
		set_tests_properties(torture.memory PROPERTIES TIMEOUT 1800)
	endif()
endif()
