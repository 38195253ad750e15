package httpclient

import (
	"net"
	"testing"
)

func TestAddress_OnlyPublicUnicastPasses(t *testing.T) {
	cases := map[string]bool{
		// public
		"1.1.1.1": true, "8.8.8.8": true, "9.255.255.255": true, "11.0.0.0": true, "100.63.255.255": true,
		"100.128.0.0": true, "126.255.255.255": true, "128.0.0.1": true, "169.253.255.255": true, "169.255.0.0": true,
		"172.15.255.255": true, "172.32.0.0": true, "192.0.1.0": true, "192.167.255.255": true, "192.169.0.0": true,
		"198.17.255.255": true, "198.20.0.0": true, "223.255.255.255": true, "203.0.114.0": true,
		"2606:4700:4700::1111": true, "2001:4860:4860::8888": true, "2400:3200::1": true, "2a00:1450:4001::1": true,
		"::ffff:8.8.8.8": true,
		// loopback, this host
		"127.0.0.1": false, "127.0.0.0": false, "127.255.255.255": false, "0.0.0.0": false, "0.1.2.3": false, "::1": false, "::": false,
		// private, carrier NAT, link-local
		"10.0.0.0": false, "10.255.255.255": false, "172.16.0.0": false, "172.31.255.255": false, "192.168.0.1": false,
		"100.64.0.0": false, "100.127.255.255": false, "169.254.0.0": false, "169.254.169.254": false,
		"fc00::1": false, "fd00:ec2::254": false, "fdff::1": false, "fe80::1": false, "febf::1": false, "fec0::1": false, "fe80::1%lo": false,
		// multicast, broadcast, reserved
		"224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false, "ff02::1": false, "ff0e::1": false,
		// documentation, benchmarks, assignments
		"192.0.0.8": false, "192.0.2.1": false, "198.51.100.1": false, "203.0.113.1": false, "198.18.0.0": false, "198.19.255.255": false,
		"192.88.99.1": false, "2001:db8::1": false, "3fff::1": false, "100::1": false, "5f00::1": false, "4000::1": false,
		// IPv4 wrapped in IPv6
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:7f00:1": false,
		"::127.0.0.1": false, "::8.8.8.8": false, "::ffff:0:127.0.0.1": false, "64:ff9b::127.0.0.1": false, "64:ff9b::8.8.8.8": false,
		"64:ff9b:1::1": false, "2002:7f00:1::1": false, "2002:a00:1::": false, "2001:0:7f00:1::": false, "2001:10::1": false,
	}
	if len(cases) < 60 {
		t.Fatalf("only %d cases", len(cases))
	}
	for ip, want := range cases {
		network := "tcp4"
		if net.ParseIP(ip).To4() == nil || ip[0] == ':' {
			network = "tcp6"
		}
		if err := checkAddress(network, net.JoinHostPort(ip, "80"), false); (err == nil) != want {
			t.Errorf("%s: %v", ip, err)
		}
	}
	for _, c := range [][2]string{{"udp4", "8.8.8.8:53"}, {"tcp4", "8.8.8.8"}, {"tcp4", "example.org:80"}, {"unix", "/run/x"}, {"tcp4", ""}} {
		if err := checkAddress(c[0], c[1], true); err == nil {
			t.Errorf("%s %q passed", c[0], c[1])
		}
	}
}

func TestAddress_AllowLoopbackOpensNothingElse(t *testing.T) {
	for ip, want := range map[string]bool{
		"127.0.0.1:80": true, "127.8.9.1:80": true, "[::1]:80": true, "[::ffff:127.0.0.1]:80": true, "8.8.8.8:80": true,
		"10.0.0.1:80": false, "0.0.0.0:80": false, "[::]:80": false, "169.254.169.254:80": false, "[64:ff9b::127.0.0.1]:80": false,
	} {
		if err := checkAddress("tcp4", ip, true); (err == nil) != want {
			t.Errorf("%s: %v", ip, err)
		}
	}
}
