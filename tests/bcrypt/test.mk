bcrypt_test_libs = -lbcrypt
