$(eval $(call host_program,ferry,loader loader/check loader/test,-ldl))
