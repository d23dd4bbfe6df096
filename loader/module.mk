$(eval $(call host_program,ferry,loader,-ldl))
