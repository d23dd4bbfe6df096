crypt32_test_libs = -lcrypt32
