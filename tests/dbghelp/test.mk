dbghelp_test_libs = -ldbghelp
