shlwapi_test_libs = -lshlwapi
