/* Services with assigned ports (IANA service name and port number registry). */
#include "ws2_32.h"

#define T SERVICE_TCP
#define U SERVICE_UDP
static const struct service services[] = {
    {"echo", 7, T | U}, {"discard", 9, T | U, "sink"}, {"systat", 11, T | U, "users"}, {"daytime", 13, T | U},
    {"qotd", 17, T | U, "quote"}, {"chargen", 19, T | U, "ttytst"}, {"ftp-data", 20, T}, {"ftp", 21, T},
    {"ssh", 22, T}, {"telnet", 23, T}, {"smtp", 25, T, "mail"}, {"time", 37, T | U, "timserver"},
    {"nameserver", 42, T | U, "name"}, {"nicname", 43, T, "whois"}, {"domain", 53, T | U}, {"bootps", 67, U, "dhcps"},
    {"bootpc", 68, U, "dhcpc"}, {"tftp", 69, U}, {"gopher", 70, T}, {"finger", 79, T}, {"http", 80, T, "www"},
    {"kerberos", 88, T | U, "kerberos-sec"}, {"hostname", 101, T, "hostnames"}, {"pop2", 109, T}, {"pop3", 110, T},
    {"sunrpc", 111, T | U, "rpcbind"}, {"auth", 113, T, "ident"}, {"nntp", 119, T, "usenet"}, {"ntp", 123, U},
    {"epmap", 135, T | U, "loc-srv"}, {"netbios-ns", 137, T | U, "nbname"}, {"netbios-dgm", 138, U, "nbdatagram"},
    {"netbios-ssn", 139, T, "nbsession"}, {"imap", 143, T, "imap4"}, {"snmp", 161, U}, {"snmptrap", 162, U, "snmp-trap"},
    {"bgp", 179, T}, {"irc", 194, T}, {"ldap", 389, T}, {"https", 443, T | U, "MCom"}, {"microsoft-ds", 445, T | U},
    {"kpasswd", 464, T | U}, {"isakmp", 500, U, "ike"}, {"exec", 512, T}, {"biff", 512, U, "comsat"}, {"login", 513, T},
    {"who", 513, U, "whod"}, {"cmd", 514, T, "shell"}, {"syslog", 514, U}, {"printer", 515, T, "spooler"},
    {"router", 520, U, "route"}, {"uucp", 540, T, "uucpd"}, {"rtsp", 554, T | U}, {"nntps", 563, T, "snntp"},
    {"submission", 587, T}, {"ldaps", 636, T, "sldap"}, {"ftps-data", 989, T}, {"ftps", 990, T}, {"telnets", 992, T},
    {"imaps", 993, T}, {"pop3s", 995, T}, {"ms-sql-s", 1433, T | U}, {"ms-sql-m", 1434, T | U}, {"l2tp", 1701, U},
    {"pptp", 1723, T}, {"radius", 1812, U}, {"radacct", 1813, U}, {"nfs", 2049, T | U, "nfsd"}, {"mysql", 3306, T},
    {"ms-wbt-server", 3389, T | U}, {"sip", 5060, T | U}, {"postgresql", 5432, T},
};

const struct service *service_by_name(const char *name, unsigned protocols)
{
    size_t i;

    for (i = 0; i < sizeof(services) / sizeof(*services); i++)
        if ((services[i].protocols & protocols) &&
            (!_stricmp(services[i].name, name) || (services[i].alias && !_stricmp(services[i].alias, name))))
            return &services[i];
    return NULL;
}

const struct service *service_by_port(USHORT port, unsigned protocols)
{
    size_t i;

    for (i = 0; i < sizeof(services) / sizeof(*services); i++)
        if (services[i].port == port && (services[i].protocols & protocols)) return &services[i];
    return NULL;
}
