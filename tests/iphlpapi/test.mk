iphlpapi_test_libs = -liphlpapi
