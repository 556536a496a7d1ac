# Scenarios: the same files in the scripted world and over loopback TLS; the
# login gate as the servers see it; torture. Included by CMakeLists.txt here.
add_library(scenario_world STATIC ${CMAKE_CURRENT_LIST_DIR}/world_script.c
	${CMAKE_CURRENT_LIST_DIR}/play.c)
target_link_libraries(scenario_world PUBLIC mw_cmd)

foreach(name scenario_test gate_test)
	add_executable(${name} ${CMAKE_CURRENT_LIST_DIR}/${name}.c)
	target_link_libraries(${name} PRIVATE scenario_world)
endforeach()
add_test(NAME scenarios.loopback COMMAND scenario_test loopback)
add_test(NAME gate COMMAND gate_test)
set_tests_properties(scenarios.loopback gate PROPERTIES TIMEOUT 900)

if(NOT only_threads)
	add_test(NAME scenarios.script COMMAND scenario_test script)

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
		add_test(NAME torture.memory COMMAND torture memory)
		set_tests_properties(torture.memory PROPERTIES TIMEOUT 1800)
	endif()
endif()
